package com.github.shiroedev2024.leaf.android.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.android.library.contract.RuntimeApiContract;
import com.github.shiroedev2024.leaf.android.library.model.LeafPreferences;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ApiClientTest extends RuntimeApiContract {
  @Override
  protected String name() {
    return "java-android";
  }

  @Override
  protected RuntimeApi client(String baseUrl, Duration timeout) {
    return ApiClient.builder(baseUrl).responseTimeout(timeout).build();
  }

  @Test
  void isMadeOfAPortUrlOrPreferences() {
    try (ApiClient port = new ApiClient(10002);
        ApiClient url = new ApiClient(" HTTP://localhost:10003/ ");
        ApiClient preferences = new ApiClient(LeafPreferences.fromJson("{\"api_port\":10004}"))) {
      assertThat(port.getBaseUrl()).isEqualTo("http://127.0.0.1:10002");
      assertThat(url.getBaseUrl()).isEqualTo("http://localhost:10003");
      assertThat(preferences.getBaseUrl()).isEqualTo("http://127.0.0.1:10004");
    }
  }

  @Test
  void refusesSettingsThatMeanNothing() {
    assertThatThrownBy(() -> new ApiClient(0)).hasMessageContaining("1 to 65535");
    assertThatThrownBy(() -> ApiClient.builder(1).maxIdleConnections(-1))
        .hasMessageContaining("at least 0");
    assertThatThrownBy(() -> ApiClient.builder(1).responseTimeout(Duration.ZERO))
        .hasMessageContaining("at least 1 ms");
    assertThatThrownBy(() -> ApiClient.builder(1).connectTimeout(Duration.ofSeconds(-1)))
        .hasMessageContaining("at least 1 ms");
  }

  @Test
  void aTagOfOneOrTwoDotsIsRefusedNotMangled() {
    try (ApiClient api = new ApiClient(10001)) {
      assertThatThrownBy(() -> api.getOutboundHealth(".."))
          .hasMessageContaining("cannot send /api/v1/runtime/outbound/%2E%2E/health");
    }
  }
}
