package com.github.shiroedev2024.leaf.engine.registry;

import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/**
 * An inbound type whose words and settings are known but which is not built yet: a configuration
 * that uses it is refused when it is read.
 */
public final class UnsupportedInboundType implements InboundType {
  private final String name;
  private final List<String> aliases;
  private final List<Field> fields;

  UnsupportedInboundType(String name, List<String> aliases, Field... fields) {
    this.name = name;
    this.aliases = aliases;
    this.fields = List.of(fields);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<String> aliases() {
    return aliases;
  }

  @Override
  public List<Key> keys() {
    return Field.keys(fields);
  }

  @Override
  public PartOptions read(Settings settings) {
    fields.forEach(field -> field.check(settings));
    boolean names = fields.stream().anyMatch(f -> f.key().name().equals("actors"));
    List<String> actors = names ? List.copyOf(settings.strings("actors")) : List.of();
    settings
        .problems()
        .error(
            settings.source(),
            name,
            settings.owner() + ": " + name + " is not supported yet",
            "remove it");
    return new UnsupportedOptions(actors);
  }

  @Override
  public Inbound build(InboundSpec spec, InboundContext context) {
    throw new IllegalStateException(name + " is refused when the configuration is read");
  }
}
