package com.github.shiroedev2024.leaf.engine.certificate;

import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where PEM text comes from.
 *
 * @param key the setting that names it
 * @param file the file, or null when the text stands in the configuration itself
 * @param text what it said when the configuration was read
 */
record PemSource(String key, @Nullable Path file, String text) {
  /** No certificate chain is larger; bytes. */
  private static final long MAX_BYTES = 1 << 20;

  /**
   * Reads what these settings name: {@code raw} is PEM text or a list of its lines, {@code key} may
   * be a path as well. Reports what cannot be read; null then, and when neither is there.
   */
  static @Nullable PemSource read(Settings settings, String key, String raw) {
    if (settings.has(raw)) {
      if (settings.has(key)) {
        settings.warning(
            key, "'" + key + "' has no effect beside '" + raw + "'", "remove one of them");
      }
      return raw(settings, raw);
    }
    String text = settings.has(key) ? settings.string(key) : null;
    if (text == null || text.isEmpty()) {
      return null;
    }
    return Pem.isPem(text) ? new PemSource(key, null, text) : file(settings, key, text);
  }

  private static @Nullable PemSource raw(Settings settings, String key) {
    Settings.Value value = settings.value(key);
    String text =
        value != null && value.raw() instanceof String whole
            ? whole
            : String.join("\n", settings.strings(key));
    if (Pem.isPem(text)) {
      return new PemSource(key, null, text);
    }
    settings.error(
        key,
        "'" + key + "' is not PEM text",
        "begin with a line such as -----BEGIN CERTIFICATE-----");
    return null;
  }

  /** Reads a file, once. */
  private static @Nullable PemSource file(Settings settings, String key, String name) {
    Path path = path(settings, name);
    if (path == null) {
      settings.error(
          key,
          "'" + key + "' is neither PEM text nor a path",
          "name a PEM file, or write its text whole");
      return null;
    }
    try {
      return new PemSource(key, path, textOf(key, path));
    } catch (IOException e) {
      settings.error(
          key,
          "cannot read '" + name + "': " + why(e),
          "name a PEM file that can be read; relative paths begin where the configuration file is,"
              + " or at ASSET_LOCATION");
      return null;
    }
  }

  /** Null for what is no path; a torn piece of PEM, which may be a key, is not taken for one. */
  private static @Nullable Path path(Settings settings, String name) {
    if (name.contains("-----") || name.indexOf('\n') >= 0) {
      return null;
    }
    try {
      return settings.path(name);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** What it says now. */
  String now() throws IOException {
    return file == null ? text : textOf(key, file);
  }

  /** A file named {@code .der} holds one certificate, or one key in PKCS #8. */
  private static String textOf(String key, Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException("it is a folder");
    }
    if (Files.size(path) > MAX_BYTES) {
      throw new IOException("it is larger than " + (MAX_BYTES >> 20) + " MiB");
    }
    byte[] content = Files.readAllBytes(path);
    return path.toString().endsWith(".der")
        ? SelfSigned.pem(key.endsWith("Key") ? "PRIVATE KEY" : "CERTIFICATE", content)
        : new String(content, StandardCharsets.ISO_8859_1); // Base64 is ASCII
  }

  /** What is wrong with a file, for people. */
  static String why(IOException e) {
    return switch (e) {
      case NoSuchFileException none -> "there is no such file";
      case AccessDeniedException denied -> "permission denied";
      default -> String.valueOf(e.getMessage());
    };
  }

  /** What to call it in messages. */
  String told() {
    return file == null ? "'" + key + "'" : file.toString();
  }

  /** Without the text, which may be a key. */
  @Override
  public String toString() {
    return told();
  }
}
