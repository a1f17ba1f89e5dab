package com.github.shiroedev2024.leaf.android.app;

import com.github.shiroedev2024.leaf.android.library.ApiClient;
import com.github.shiroedev2024.leaf.android.library.model.OutboundInfo;
import com.github.shiroedev2024.leaf.android.library.model.Stat;
import java.io.IOException;

/** Calls the server whose URL is the argument and prints what it understood. */
public final class ShrunkApp {
  private ShrunkApp() {}

  public static void main(String[] args) throws IOException {
    try (ApiClient leaf = new ApiClient(args[0])) {
      for (OutboundInfo node : leaf.getSelectOutboundItems("OUT").getOutbounds()) {
        System.out.println(node.getName() + " " + node.isSelected() + " " + node.getPingMs());
      }
      for (Stat stat : leaf.getStats()) {
        System.out.println(stat.getDestination() + " " + stat.getTimings().getConnectMs());
      }
      try {
        leaf.getOutboundHealth("nowhere");
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
