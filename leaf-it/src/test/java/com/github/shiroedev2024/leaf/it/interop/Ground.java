package com.github.shiroedev2024.leaf.it.interop;

import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The folder of one run, with an authority and a server's certificate that all ends share.
 *
 * @param authority PEM, what clients trust
 * @param certificate PEM, of the server {@link #NAME} at 127.0.0.1
 * @param key PEM
 */
record Ground(Path folder, Path authority, Path certificate, Path key) {
  static final String NAME = "leaf.test";

  private static final int OPENSSL_SECONDS = 60;

  /** Makes the certificates; skips the test where there is no openssl. */
  static Ground in(Path folder) {
    String openssl = PeerProgram.require("openssl").toString();
    Ground ground =
        new Ground(
            folder,
            folder.resolve("ca.pem"),
            folder.resolve("server.pem"),
            folder.resolve("server.key"));
    Path authorityKey = folder.resolve("ca.key");
    List<String> key =
        List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes");
    List<String> authority = new ArrayList<>(List.of(openssl, "req", "-x509", "-days", "2"));
    List<String> server = new ArrayList<>(authority);
    authority.addAll(key);
    authority.addAll(List.of("-keyout", authorityKey.toString()));
    authority.addAll(List.of("-out", ground.authority.toString(), "-subj", "/CN=test authority"));
    run(folder, authority);
    server.addAll(key);
    server.addAll(List.of("-keyout", ground.key.toString(), "-out", ground.certificate.toString()));
    server.addAll(List.of("-CA", ground.authority.toString(), "-CAkey", authorityKey.toString()));
    server.addAll(List.of("-subj", "/CN=" + NAME));
    server.addAll(List.of("-addext", "subjectAltName=DNS:" + NAME + ",IP:127.0.0.1"));
    server.addAll(List.of("-addext", "basicConstraints=critical,CA:FALSE"));
    run(folder, server);
    return ground;
  }

  private static void run(Path folder, List<String> command) {
    Path log = folder.resolve("openssl.log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!process.waitFor(OPENSSL_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("openssl does not end");
      }
      if (process.exitValue() != 0) {
        throw new AssertionError("openssl failed:\n" + Files.readString(log));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** A folder below, for one cell. */
  Ground cell(String name) {
    try {
      Path own = Files.createDirectories(folder.resolve(name));
      return new Ground(own, authority, certificate, key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a value of maps and lists as JSON. */
  Path json(String name, Object value) {
    return text(name, new GsonBuilder().setPrettyPrinting().create().toJson(value));
  }

  Path text(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
