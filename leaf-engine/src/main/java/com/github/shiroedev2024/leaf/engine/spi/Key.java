package com.github.shiroedev2024.leaf.engine.spi;

/**
 * One setting a type understands; the reader uses the list to spot unknown keys, the docs to list
 * them.
 *
 * @param name camelCase as in JSON; {@code .conf} uses the kebab-case form
 * @param fallback the default for people ({@code "none"}, {@code "4 s"}), or "required"
 * @param meaning one line, with units and range
 */
public record Key(String name, String fallback, String meaning) {}
