package com.github.shiroedev2024.leaf.engine.registry;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/**
 * An outbound type whose words and settings are known but which is not built yet: a configuration
 * that uses it is refused when it is read.
 */
public final class UnsupportedOutboundType implements OutboundType {
  private final String name;
  private final List<String> aliases;
  private final boolean group;
  private final List<Field> fields;

  UnsupportedOutboundType(String name, List<String> aliases, boolean group, Field... fields) {
    this.name = name;
    this.aliases = aliases;
    this.group = group;
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
  public boolean isGroup() {
    return group;
  }

  @Override
  public List<Key> keys() {
    return Field.keys(fields);
  }

  /** Whatever it would do: it is refused for itself. */
  @Override
  public Reach reach(PartOptions options) {
    return Reach.FIXED;
  }

  /** Checks the settings without refusing the type. */
  public PartOptions check(Settings settings) {
    fields.forEach(field -> field.check(settings));
    boolean names = fields.stream().anyMatch(f -> f.key().name().equals("actors"));
    return new UnsupportedOptions(names ? List.copyOf(settings.strings("actors")) : List.of());
  }

  @Override
  public PartOptions read(Settings settings) {
    PartOptions options = check(settings);
    settings
        .problems()
        .error(
            settings.source(),
            name,
            settings.owner() + ": " + name + " is not supported yet",
            "remove it");
    return options;
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    throw new IllegalStateException(name + " is refused when the configuration is read");
  }
}
