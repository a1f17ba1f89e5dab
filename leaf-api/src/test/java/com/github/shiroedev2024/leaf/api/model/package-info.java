/** Tests of the API's JSON. */
@NullMarked
package com.github.shiroedev2024.leaf.api.model;

import org.jspecify.annotations.NullMarked;
