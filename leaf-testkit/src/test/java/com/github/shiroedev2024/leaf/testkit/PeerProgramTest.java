package com.github.shiroedev2024.leaf.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class PeerProgramTest {
  @Test
  void startsAndStopsOneProgram() {
    PeerProgram.require("sleep");
    PeerProgram peer = PeerProgram.start(List.of("sleep", "60"));
    assertThat(peer.isAlive()).isTrue();
    peer.close();
    assertThat(peer.isAlive()).isFalse();
  }

  @Test
  void tellsWhatAProgramSaidThatNeverAnswered() {
    PeerProgram.require("sh");
    InetSocketAddress nobody =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.any());
    assertThatThrownBy(
            () -> PeerProgram.start(List.of("sh", "-c", "echo no such option; exit 3"), nobody))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("ended with 3");
  }

  @Test
  void knowsWhatIsNotThere() {
    assertThat(PeerProgram.find("no-such-program-anywhere")).isNull();
    assertThat(PeerProgram.find("sh")).isNotNull();
  }
}
