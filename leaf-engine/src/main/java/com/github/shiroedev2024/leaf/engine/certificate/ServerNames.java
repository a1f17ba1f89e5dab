package com.github.shiroedev2024.leaf.engine.certificate;

import io.netty.util.NetUtil;
import java.net.IDN;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Whether a certificate is for a name, as RFC 9525 has it: the subject alternative names count, the
 * common name does not. A wildcard stands for the whole first label. Addresses are compared as
 * addresses.
 */
final class ServerNames {
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  /** Characters of a host's name (RFC 1035 section 2.3.4). */
  private static final int MAX_NAME = 253;

  private ServerNames() {}

  static boolean match(X509Certificate certificate, String wanted) {
    byte[] address = address(wanted);
    for (List<?> name : names(certificate)) {
      if (!(name.get(0) instanceof Integer kind) || !(name.get(1) instanceof String text)) {
        continue;
      }
      boolean matches =
          address == null
              ? kind == DNS_NAME && matches(text, wanted)
              : kind == IP_ADDRESS && Arrays.equals(address, address(text));
      if (matches) {
        return true;
      }
    }
    return false;
  }

  /** The names and addresses that a certificate is for, for people. */
  static List<String> told(X509Certificate certificate) {
    List<String> told = new ArrayList<>();
    for (List<?> name : names(certificate)) {
      if (name.get(0) instanceof Integer kind
          && (kind == DNS_NAME || kind == IP_ADDRESS)
          && name.get(1) instanceof String text) {
        told.add(text);
      }
    }
    return told;
  }

  private static Collection<List<?>> names(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null ? List.of() : names;
    } catch (CertificateParsingException e) {
      return List.of(); // it is for nobody
    }
  }

  private static boolean matches(String pattern, String wanted) {
    String is = normal(pattern);
    String want = normal(wanted);
    if (!is.startsWith("*.")) {
      return !is.isEmpty() && is.equals(want);
    }
    int dot = want.indexOf('.');
    return dot > 0 && is.substring(1).equals(want.substring(dot)) && is.indexOf('.', 2) > 0;
  }

  private static String normal(String name) {
    String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (plain.length() > MAX_NAME) {
      return ""; // no host's; much longer ones break the conversion
    }
    try {
      return IDN.toASCII(plain).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      return plain.toLowerCase(Locale.ROOT);
    }
  }

  private static byte @org.jspecify.annotations.Nullable [] address(String text) {
    return NetUtil.createByteArrayFromIpAddressString(text);
  }
}
