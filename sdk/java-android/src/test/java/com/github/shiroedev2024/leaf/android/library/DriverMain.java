package com.github.shiroedev2024.leaf.android.library;

import com.github.shiroedev2024.leaf.android.library.contract.ContractDriver;
import java.io.IOException;

/** This client as a driver of the contract kit. */
public final class DriverMain {
  private DriverMain() {}

  public static void main(String[] args) throws IOException {
    ContractDriver.main(
        args, (url, timeout) -> ApiClient.builder(url).responseTimeout(timeout).build());
  }
}
