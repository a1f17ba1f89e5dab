/** HTTP for small local APIs: a route table as data, guards, plain-text errors, bounded calls. */
@NullMarked
package com.github.shiroedev2024.leaf.api.http;

import org.jspecify.annotations.NullMarked;
