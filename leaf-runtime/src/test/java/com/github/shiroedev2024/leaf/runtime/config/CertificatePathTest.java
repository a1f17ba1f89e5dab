package com.github.shiroedev2024.leaf.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.certificate.SelfSigned;
import com.github.shiroedev2024.leaf.engine.spi.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where relative paths of certificates begin, and that a reload sees what the files say now. */
class CertificatePathTest {
  @TempDir Path folder = Path.of("");

  private static void certificate(Path file) throws IOException {
    Instant now = Instant.now();
    try {
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.writeString(
          file,
          SelfSigned.pem(
              "CERTIFICATE",
              SelfSigned.make(List.of("a.example"), now, now.plusSeconds(60))
                  .chain()
                  .getFirst()
                  .getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private ConfigResult read(String general, Map<String, String> environment) throws IOException {
    Path file = folder.resolve("config.conf");
    Files.writeString(
        file,
        """
        [General]
        socks-interface = 127.0.0.1
        socks-port = 1080
        %s
        [Proxy]
        node = tls, certificate=certs/c.pem
        """
            .formatted(general));
    return ConfigReader.read(file, environment);
  }

  private static Object options(ConfigResult result) {
    assertThat(result.problems()).isEmpty();
    return Objects.requireNonNull(result.config()).engine().outbounds().getFirst().options();
  }

  @Test
  void theyBeginWhereTheConfigurationIs() throws IOException {
    certificate(folder.resolve("certs/c.pem"));
    assertThat(options(read("", Map.of()))).isNotNull();
  }

  @Test
  void theyBeginInTheFolderForAssets() throws IOException {
    certificate(folder.resolve("assets/certs/c.pem"));
    assertThat(read("", Map.of()).errors())
        .extracting(Problem::message)
        .containsExactly("outbound 'node': cannot read 'certs/c.pem': there is no such file");
    assertThat(options(read("asset-location = assets", Map.of()))).isNotNull();
    String absolute = folder.resolve("assets").toString();
    assertThat(options(read("", Map.of("ASSET_LOCATION", absolute)))).isNotNull();
    assertThat(options(read("[Env]\nASSET_LOCATION = " + absolute, Map.of()))).isNotNull();
  }

  @Test
  void anotherContentIsAnotherOutbound() throws IOException {
    Path file = folder.resolve("certs/c.pem");
    certificate(file);
    Object before = options(read("", Map.of()));
    assertThat(options(read("", Map.of()))).isEqualTo(before);
    certificate(file);
    assertThat(options(read("", Map.of()))).isNotEqualTo(before);
  }
}
