/** The JSON of the API's replies: product words on the wire, written without reflection. */
@NullMarked
package com.github.shiroedev2024.leaf.api.model;

import org.jspecify.annotations.NullMarked;
