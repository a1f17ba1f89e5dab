package com.github.shiroedev2024.leaf.desktop;

import com.github.shiroedev2024.leaf.sdk.contract.ApiText;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApiTextTest {
  @Test
  void thePublicApiIsTheReviewedOne() throws IOException {
    ApiText.check(Path.of("target/classes"), Path.of("api.txt"));
  }
}
