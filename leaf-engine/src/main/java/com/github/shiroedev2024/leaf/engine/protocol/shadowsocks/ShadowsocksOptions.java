package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;

/**
 * The settings of {@code shadowsocks}.
 *
 * @param prefix the text whose UTF-8 bytes begin each stream's salt, already percent-decoded
 */
record ShadowsocksOptions(
    Destination server, ShadowsocksMethod method, String password, String prefix)
    implements PartOptions {
  static final ShadowsocksMethod DEFAULT_METHOD = ShadowsocksMethod.CHACHA20_POLY1305;

  static final List<Key> KEYS =
      List.of(
          new Key("address", "required", "the server's name or IP"),
          new Key("port", "required", "the server's port, 1 to 65535"),
          new Key("method", DEFAULT_METHOD.word(), "the cipher: " + ShadowsocksMethod.WORDS),
          new Key(
              "password",
              "required",
              "the password the server has; with a method of 2022 its key in Base64, or"
                  + " serverkey:userkey"),
          new Key(
              "prefix",
              "none",
              "first bytes of each TCP connection, percent-encoded UTF-8, at most as long as the"
                  + " method's key (16 or 32 bytes)"));

  static ShadowsocksOptions read(Settings settings) {
    Destination server =
        Destination.of(settings.required("address"), settings.requiredPort("port"));
    ShadowsocksMethod method = method(settings);
    return new ShadowsocksOptions(
        server, method, password(settings, method), prefix(settings, method));
  }

  static ShadowsocksMethod method(Settings settings) {
    String word = settings.string("method");
    if (word == null) {
      return DEFAULT_METHOD;
    }
    ShadowsocksMethod method = ShadowsocksMethod.of(word);
    if (method != null) {
      return method;
    }
    settings.error(
        "method",
        "'" + word + "' is not a supported method",
        "use one of " + ShadowsocksMethod.WORDS);
    return DEFAULT_METHOD;
  }

  private static String password(Settings settings, ShadowsocksMethod method) {
    String password = settings.required("password");
    if (method.is2022() && !password.isEmpty()) {
      try {
        Keys2022.read(method, password);
      } catch (IllegalArgumentException e) {
        settings.error("password", "the password " + e.getMessage(), Keys2022.remedy(method));
      }
    }
    return password;
  }

  private static String prefix(Settings settings, ShadowsocksMethod method) {
    String text = settings.string("prefix", "");
    String decoded;
    try {
      decoded = percentDecoded(text);
    } catch (IllegalArgumentException e) {
      settings.error("prefix", "the prefix " + e.getMessage(), "write other bytes as %41");
      return "";
    } catch (CharacterCodingException e) {
      settings.error("prefix", "the prefix is not valid UTF-8", "use the bytes of UTF-8 text");
      return "";
    }
    int length = decoded.getBytes(UTF_8).length;
    if (length > method.keyBytes()) {
      settings.error(
          "prefix",
          "the prefix has " + length + " bytes, more than a salt of " + method.word() + " holds",
          "use at most " + method.keyBytes() + " bytes");
      return "";
    }
    return decoded;
  }

  private static String percentDecoded(String text) throws CharacterCodingException {
    byte[] bytes = text.getBytes(UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        decoded.write(bytes[i]);
        continue;
      }
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw new IllegalArgumentException("has a '%' without two hex digits behind it");
      }
      decoded.write((high << 4) | low);
      i += 2;
    }
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded.toByteArray())).toString();
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "shadowsocks " + server + " " + method.word();
  }
}
