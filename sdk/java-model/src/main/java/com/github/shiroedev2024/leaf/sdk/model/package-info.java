/**
 * What the runtime answers, and the preferences.
 *
 * <p>A field that the runtime does not know a value for is {@code null} and its getter is marked
 * {@code @Nullable}. The other getters of replies answer what the runtime always sends; they are
 * left unmarked, because a server that is not Leaf, or a much older one, may leave out anything:
 * then they answer {@code null} too ({@code false} where the type is {@code boolean}). Fields that
 * this version does not know are ignored.
 */
@NullMarked
package com.github.shiroedev2024.leaf.sdk.model;

import org.jspecify.annotations.NullMarked;
