/** The SDK's transport over Apache HttpClient, TCP and Unix sockets; apps need none of this. */
@NullMarked
package com.github.shiroedev2024.leaf.desktop.http;

import org.jspecify.annotations.NullMarked;
