package com.github.shiroedev2024.leaf.engine.registry;

import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import java.util.List;

/**
 * What is kept of a part whose type is not built yet: the tags it names, so that those are checked
 * all the same.
 */
record UnsupportedOptions(List<String> references) implements PartOptions {}
