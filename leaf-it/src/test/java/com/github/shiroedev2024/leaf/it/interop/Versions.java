package com.github.shiroedev2024.leaf.it.interop;

import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks programs for their version. */
final class Versions {
  private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)+");

  private Versions() {}

  /** What it was built from, else the first dotted number that it prints. */
  static String of(String program, String... arguments) {
    Path path = PeerProgram.require(program);
    Path built = path.resolveSibling(program + ".version"); // written by build/peers
    if (Files.exists(built)) {
      try {
        return Files.readString(built).strip();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    List<String> command = new ArrayList<>(List.of(path.toString()));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher number = NUMBER.matcher(text);
      return number.find() ? number.group() : "unknown";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
