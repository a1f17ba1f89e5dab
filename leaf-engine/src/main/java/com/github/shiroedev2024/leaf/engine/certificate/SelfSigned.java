package com.github.shiroedev2024.leaf.engine.certificate;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.util.NetUtil;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * Makes certificates that vouch for themselves (RFC 5280): a key on P-256, signed with ECDSA and
 * SHA-256, for servers that are tried out or pinned.
 */
public final class SelfSigned {
  private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
  private static final byte[] TRUE = Der.value(Der.BOOLEAN, new byte[] {(byte) 0xff});
  private static final int DNS_NAME = Der.CONTEXT | 2;
  private static final int IP_ADDRESS = Der.CONTEXT | 7;
  private static final int LONGEST_COMMON_NAME = 64;

  private SelfSigned() {}

  /**
   * A new key and a certificate for it.
   *
   * @param names the domain names and IP addresses that it is for, at least one
   * @param from valid from then on, whole seconds
   * @param until valid up to then
   */
  public static Identity make(List<String> names, Instant from, Instant until) {
    SecureRandom random = new SecureRandom();
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair keys = generator.generateKeyPair();
      byte[] body = body(names, from, until, keys.getPublic().getEncoded(), random);
      Signature signing = Signature.getInstance("SHA256withECDSA");
      signing.initSign(keys.getPrivate(), random);
      signing.update(body);
      byte[] der = Der.sequence(body, ECDSA_WITH_SHA256, Der.bits(signing.sign()));
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der));
      return new Identity(keys.getPrivate(), List.of(certificate));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime signs with ECDSA on P-256", e);
    }
  }

  private static byte[] body(
      List<String> names, Instant from, Instant until, byte[] publicKey, SecureRandom random) {
    byte[] name = commonName(names.getFirst());
    return Der.sequence(
        Der.value(Der.CONTEXT | Der.CONSTRUCTED, Der.integer(BigInteger.TWO)), // version 3
        Der.integer(new BigInteger(127, random).setBit(126)),
        ECDSA_WITH_SHA256,
        name,
        Der.sequence(time(from), time(until)),
        name,
        publicKey,
        Der.value(Der.CONTEXT | Der.CONSTRUCTED | 3, Der.sequence(extensions(names))));
  }

  private static byte[] commonName(String name) {
    String shown = name.length() > LONGEST_COMMON_NAME ? "leaf" : name;
    return Der.sequence(
        Der.value(
            Der.SET,
            Der.sequence(Der.oid("2.5.4.3"), Der.value(Der.UTF8_STRING, shown.getBytes(UTF_8)))));
  }

  /** Two digits of the year up to 2049, four after. */
  private static byte[] time(Instant at) {
    ZonedDateTime utc = at.atZone(ZoneOffset.UTC);
    boolean late = utc.getYear() >= 2050;
    String pattern = late ? "yyyyMMddHHmmss'Z'" : "yyMMddHHmmss'Z'";
    return Der.value(
        late ? Der.GENERALIZED_TIME : Der.UTC_TIME,
        DateTimeFormatter.ofPattern(pattern, Locale.ROOT).format(utc).getBytes(US_ASCII));
  }

  private static List<byte[]> extensions(List<String> names) {
    List<byte[]> alternatives = new ArrayList<>();
    for (String name : names) {
      byte[] address = NetUtil.createByteArrayFromIpAddressString(name);
      alternatives.add(
          address == null
              ? Der.value(DNS_NAME, name.getBytes(US_ASCII))
              : Der.value(IP_ADDRESS, address));
    }
    byte[] digitalSignature = {7, (byte) 0x80}; // one bit, seven of its byte unused
    return List.of(
        extension("2.5.29.17", false, Der.sequence(alternatives)),
        extension("2.5.29.19", true, Der.sequence()), // no authority over others
        extension("2.5.29.15", true, Der.value(Der.BIT_STRING, digitalSignature)),
        extension("2.5.29.37", false, Der.sequence(Der.oid("1.3.6.1.5.5.7.3.1")))); // servers
  }

  private static byte[] extension(String oid, boolean critical, byte[] content) {
    byte[] value = Der.value(Der.OCTET_STRING, content);
    return critical ? Der.sequence(Der.oid(oid), TRUE, value) : Der.sequence(Der.oid(oid), value);
  }

  /** A block of PEM, lines of 64 characters. */
  public static String pem(String label, byte[] content) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
        + "\n-----END "
        + label
        + "-----\n";
  }
}
