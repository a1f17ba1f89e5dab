package com.github.shiroedev2024.leaf.android.library;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.android.app.ShrunkApp;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import proguard.Configuration;
import proguard.ConfigurationParser;
import proguard.ProGuard;

/** Shrinks an app with ProGuard under the rules that the jars carry, and runs what is left. */
@Tag("slow")
class ShrinkingTest {
  private static final List<String> PLATFORM = List.of("java.base", "java.logging");

  private static final String EXPECTED =
      "us-1 true 42.1\n"
          + "us-2 false null\n"
          + "example.org:443 1.5\n"
          + "unknown outbound 'nowhere'\n";

  @TempDir Path folder;

  @Test
  void aShrunkAppWorksWithTheRulesOfTheJar() throws Exception {
    Path rules = Path.of("target/classes/META-INF/proguard/leaf-sdk-android.pro");
    Path shrunk = shrink(new String(Files.readAllBytes(rules), StandardCharsets.UTF_8));
    assertThat(run(shrunk)).isEqualTo(EXPECTED);
    try (JarFile jar = new JarFile(shrunk.toFile())) {
      assertThat(jar.stream().map(ZipEntry::getName))
          .contains("com/github/shiroedev2024/leaf/android/library/model/OutboundInfo.class")
          .doesNotContain(
              "com/github/shiroedev2024/leaf/android/library/ServiceManagement.class",
              "com/github/shiroedev2024/leaf/android/library/OkHttpTransport.class");
    }
  }

  @Test
  void withoutTheRulesItDoesNot() throws Exception {
    assertThat(run(shrink("-dontwarn org.jspecify.annotations.**"))).isNotEqualTo(EXPECTED);
  }

  private Path shrink(String rules) throws Exception {
    List<Path> libraries = libraries();
    Path platform = platform();
    Path shrunk = folder.resolve("shrunk.jar");
    StringBuilder text = new StringBuilder();
    text.append("-injars '").append(Path.of("target/classes").toAbsolutePath());
    text.append("'(!META-INF/**)\n");
    text.append("-injars '").append(Path.of("target/test-classes").toAbsolutePath());
    text.append("'(").append(ShrunkApp.class.getName().replace('.', '/')).append(".class)\n");
    for (Path library : libraries) {
      text.append("-injars '").append(library).append("'(!META-INF/versions/**,!module-info.class");
      text.append(",!META-INF/MANIFEST.MF)\n");
    }
    text.append("-outjars '").append(shrunk).append("'\n");
    text.append("-libraryjars '").append(platform).append("'\n");
    text.append("-keep public class ").append(ShrunkApp.class.getName());
    text.append(" { public static void main(java.lang.String[]); }\n");
    // what an Android build would take from the Android platform and from optional parts
    text.append("-dontwarn android.**\n-dontwarn kotlin.**\n-dontwarn okhttp3.**\n");
    text.append("-dontwarn okio.**\n-dontwarn com.google.**\n-dontwarn javax.**\n");
    text.append("-dontwarn java.sql.**\n-dontwarn sun.misc.**\n-dontnote\n");
    // ProGuard's own specialised return types break Okio's verification
    text.append("-optimizations !method/specialization/**,!field/specialization/**\n");
    text.append(rules).append('\n');
    for (Path library : libraries) {
      text.append(carried(library));
    }
    Configuration configuration = new Configuration();
    try (ConfigurationParser parser =
        new ConfigurationParser(
            text.toString(), "rules", folder.toFile(), System.getProperties())) {
      parser.parse(configuration);
    }
    new ProGuard(configuration).execute();
    return shrunk;
  }

  /** The run-time dependencies: what an app has on its class path beside the SDK. */
  private static List<Path> libraries() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> entry.matches(".*/(gson|okhttp-jvm|okio-jvm|kotlin-stdlib)-[\\d.]+\\.jar"))
        .map(Path::of)
        .collect(Collectors.toList());
  }

  /** The rules that a library carries for those who shrink it. */
  private static String carried(Path library) throws IOException {
    StringBuilder rules = new StringBuilder();
    try (JarFile jar = new JarFile(library.toFile())) {
      List<? extends ZipEntry> entries =
          jar.stream()
              .filter(entry -> entry.getName().matches("META-INF/proguard/.*\\.pro"))
              .collect(Collectors.toList());
      for (ZipEntry entry : entries) {
        try (InputStream in = jar.getInputStream(entry)) {
          rules.append(new String(in.readAllBytes(), StandardCharsets.UTF_8)).append('\n');
        }
      }
    }
    return rules.toString();
  }

  /** The classes of the platform as a jar, since not every JDK has its jmods. */
  private Path platform() throws IOException {
    Path jar = folder.resolve("platform.jar");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      out.setLevel(0);
      for (String module : PLATFORM) {
        Path root = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules", module);
        List<Path> classes;
        try (Stream<Path> walk = Files.walk(root)) {
          classes =
              walk.filter(file -> file.toString().endsWith(".class"))
                  .filter(file -> !file.endsWith("module-info.class"))
                  .collect(Collectors.toList());
        }
        for (Path file : classes) {
          out.putNextEntry(new ZipEntry(root.relativize(file).toString()));
          Files.copy(file, out);
          out.closeEntry();
        }
      }
    }
    return jar;
  }

  /** What the app prints, errors included. */
  private String run(Path jar) throws IOException, InterruptedException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.createContext("/", ShrinkingTest::answer);
    server.start();
    Path output = folder.resolve("output");
    try {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-cp", jar.toString(), ShrunkApp.class.getName()));
      command.add("http://127.0.0.1:" + server.getAddress().getPort());
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = process.waitFor(60, TimeUnit.SECONDS);
      process.destroyForcibly();
      assertThat(ended).as("the app ends").isTrue();
    } finally {
      server.stop(0);
    }
    return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    int status = 200;
    String body;
    if (path.endsWith("/selects")) {
      body =
          "{\"outbounds\":[{\"name\":\"us-1\",\"is_selected\":true,\"ping_ms\":42.1},"
              + "{\"name\":\"us-2\",\"is_selected\":false,\"ping_ms\":null}]}";
    } else if (path.endsWith("/stat/json")) {
      body = "[{\"destination\":\"example.org:443\",\"timings\":{\"connect_ms\":1.5}}]";
    } else {
      status = 404;
      body = "unknown outbound 'nowhere'";
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange
        .getResponseHeaders()
        .set("Content-Type", status == 200 ? "application/json" : "text/plain");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
