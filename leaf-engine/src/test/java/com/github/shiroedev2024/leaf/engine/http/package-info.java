@NullMarked
package com.github.shiroedev2024.leaf.engine.http;

import org.jspecify.annotations.NullMarked;
