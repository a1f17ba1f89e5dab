package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.runtime.link.LinkException;
import com.github.shiroedev2024.leaf.runtime.link.ShareLink;
import com.github.shiroedev2024.leaf.runtime.link.Subscription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leaf node}: sharing links as configuration lines. */
@Command(
    name = "node",
    description = "Prints the configuration line of a sharing link, or of each in a list.")
final class NodeCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "LINK",
      arity = "0..*",
      description = "ss://, vmess://, vless://, trojan://")
  List<String> links = List.of();

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description = "A subscription: links, one on a line, plain or in Base64.")
  @Nullable Path file;

  NodeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (links.isEmpty() == (file == null)) {
      console.complain("give either links or --from FILE");
      return ExitCodes.USAGE;
    }
    return file == null ? each() : list(file);
  }

  private int each() {
    int exit = ExitCodes.OK;
    for (String link : links) {
      try {
        console.say(ShareLink.read(link).text());
      } catch (LinkException e) {
        console.complain(String.valueOf(e.getMessage()));
        exit = ExitCodes.FAILED;
      }
    }
    return exit;
  }

  private int list(Path from) {
    Subscription list;
    try {
      if (Files.size(from) > Subscription.MAX_BYTES) {
        throw new CommandException(from + " has more than " + Subscription.MAX_BYTES + " bytes");
      }
      list = Subscription.read(new String(Files.readAllBytes(from), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new CommandException("cannot read " + from + ": " + e.getMessage());
    }
    if (!list.nodes().isEmpty()) {
      console.say("[Proxy]");
      list.nodes().forEach(node -> console.say(node.text()));
    }
    list.refused().forEach(why -> console.complain(from + ": " + why));
    return list.nodes().isEmpty() || !list.refused().isEmpty() ? ExitCodes.FAILED : ExitCodes.OK;
  }
}
