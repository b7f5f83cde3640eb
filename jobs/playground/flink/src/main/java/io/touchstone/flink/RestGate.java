package io.touchstone.flink;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.io.network.netty.InboundChannelHandlerFactory;
import org.apache.flink.shaded.netty4.io.netty.buffer.Unpooled;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelFutureListener;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.DefaultFullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.FullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpMethod;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpVersion;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.QueryStringDecoder;
import org.apache.flink.shaded.netty4.io.netty.util.ReferenceCountUtil;

/**
 * Lets everybody look and nobody change anything through Flink's REST interface, unless they show the {@link RestToken}. Flink's own
 * {@code web.submit.enable: false} and {@code web.cancel.enable: false} take away the upload of jars and a button: a job can still be
 * submitted by {@code POST /jobs}, and cancelled by {@code PATCH} and even by {@code GET .../yarn-cancel}.
 */
public final class RestGate implements InboundChannelHandlerFactory {
    private static final Set<HttpMethod> LOOKS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Optional<ChannelHandler> createHandler(Configuration configuration, Map<String, String> responseHeaders) {
        return Optional.of(new Gate(RestToken.of(configuration)));
    }

    private static boolean isLook(HttpRequest request) {
        return LOOKS.contains(request.method())
                && !new QueryStringDecoder(request.uri()).path().contains("/yarn-");
    }

    private static final class Gate extends ChannelInboundHandlerAdapter {
        private final RestToken token;

        Gate(RestToken token) {
            this.token = token;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
            if (message instanceof HttpRequest request
                    && !isLook(request)
                    && !token.isShownBy(request.headers().get(HttpHeaderNames.AUTHORIZATION))) {
                ReferenceCountUtil.release(message);
                var unused = context.writeAndFlush(refusal()).addListener(ChannelFutureListener.CLOSE);
            } else {
                context.fireChannelRead(message);
            }
        }

        private static FullHttpResponse refusal() {
            byte[] body =
                    "{\"errors\":[\"nothing is changed through this interface without the token of the cluster\"]}"
                            .getBytes(StandardCharsets.UTF_8);
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.FORBIDDEN, Unpooled.wrappedBuffer(body));
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, "application/json; charset=UTF-8")
                    .set(HttpHeaderNames.CONTENT_LENGTH, body.length);
            return response;
        }
    }
}
