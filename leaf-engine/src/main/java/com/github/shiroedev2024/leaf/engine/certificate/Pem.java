package com.github.shiroedev2024.leaf.engine.certificate;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Reads PEM text (RFC 7468): blocks of Base64 between {@code -----BEGIN X-----} and {@code -----END
 * X-----}. What stands between blocks is skipped.
 */
public final class Pem {
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  /** One block. */
  static final class Block {
    private final String label;
    private final byte[] content;

    Block(String label, byte[] content) {
      this.label = label;
      this.content = content;
    }

    /** What it says it is, such as {@code CERTIFICATE}. */
    String label() {
      return label;
    }

    byte[] content() {
      return content;
    }
  }

  private Pem() {}

  /** Whether a text is PEM itself rather than the name of a file. */
  public static boolean isPem(String text) {
    return text.contains(BEGIN);
  }

  /**
   * All blocks of a text, in order.
   *
   * @throws CertificateException with what is wrong with it
   */
  static List<Block> blocks(String text) throws CertificateException {
    List<Block> blocks = new ArrayList<>();
    int at = text.indexOf(BEGIN);
    while (at >= 0) {
      int labelEnd = text.indexOf(DASHES, at + BEGIN.length());
      if (labelEnd < 0) {
        throw new CertificateException("a PEM block has no end of its first line");
      }
      String label = text.substring(at + BEGIN.length(), labelEnd);
      String end = END + label + DASHES;
      int contentEnd = text.indexOf(end, labelEnd + DASHES.length());
      if (contentEnd < 0) {
        throw new CertificateException("the PEM block '" + label + "' has no end");
      }
      String content = text.substring(labelEnd + DASHES.length(), contentEnd);
      blocks.add(new Block(label, content(label, content)));
      at = text.indexOf(BEGIN, contentEnd + end.length());
    }
    return blocks;
  }

  private static byte[] content(String label, String text) throws CertificateException {
    if (text.contains("Proc-Type:") || text.contains("DEK-Info:")) {
      throw new CertificateException("the key is encrypted; store it without a passphrase");
    }
    try {
      return Base64.getMimeDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new CertificateException("the PEM block '" + label + "' is not Base64", e);
    }
  }

  /**
   * Every certificate of a PEM text, in order; at least one.
   *
   * @throws CertificateException with what is wrong with it
   */
  public static List<X509Certificate> certificates(String text) throws CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(text)) {
      if (block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE")) {
        try {
          certificates.add(
              (X509Certificate)
                  factory.generateCertificate(new ByteArrayInputStream(block.content())));
        } catch (CertificateException e) {
          throw new CertificateException(
              "certificate " + (certificates.size() + 1) + " cannot be read", e);
        }
      }
    }
    if (certificates.isEmpty()) {
      throw new CertificateException("there is no PEM certificate in it");
    }
    return List.copyOf(certificates);
  }
}
