package com.github.shiroedev2024.leaf.engine.certificate;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.CertificateException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-----BEGIN -----END ------",
        "-----BEGIN CERTIFICATE",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----END CERTIFICATE-----",
      })
  void refusesWhatIsCutShort(String text) {
    assertThatThrownBy(() -> Pem.certificates(text)).isInstanceOf(CertificateException.class);
  }
}
