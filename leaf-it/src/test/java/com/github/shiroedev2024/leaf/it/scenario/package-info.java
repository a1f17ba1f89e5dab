/** Our client against our server, as configuration files tell it: {@code leaf-it/scenarios}. */
@NullMarked
package com.github.shiroedev2024.leaf.it.scenario;

import org.jspecify.annotations.NullMarked;
