package com.github.shiroedev2024.leaf.it.kit;

import java.io.File;
import java.nio.file.Path;
import java.util.List;

/**
 * The command lines of Java programs that stand on an SDK, with what an app would have and no more.
 */
final class JvmCommand {
  /** The SDKs' own parts and what they depend on, by the names of the artifacts. */
  private static final List<String> WANTED =
      List.of(
          "leaf-sdk-",
          "leaf-example-",
          "gson-",
          "httpclient5-",
          "httpcore5-",
          "slf4j-api-",
          "okhttp-",
          "okio-",
          "kotlin-stdlib-");

  private JvmCommand() {}

  /** The command that runs this class. */
  static List<String> of(String mainClass) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        classPath(),
        mainClass);
  }

  private static String classPath() {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> parts =
        List.of(path.split(File.pathSeparator, -1)).stream().filter(JvmCommand::wanted).toList();
    return String.join(File.pathSeparator, parts);
  }

  /** A module of this build comes as its folder of classes while it is not packed. */
  private static boolean wanted(String part) {
    String name = String.valueOf(Path.of(part).getFileName());
    return WANTED.stream().anyMatch(name::startsWith)
        || part.contains("/sdk/java-")
        || part.contains("/examples/java-");
  }
}
