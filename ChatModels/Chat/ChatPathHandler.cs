using System.Net;
using System.Net.Http.Headers;

namespace ChatModels.Chat;

/// <summary>Stands where a client would open a connection, and asks the chat path instead.</summary>
internal sealed class ChatPathHandler(ChatPipeline pipeline) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is null || request.RequestUri?.AbsolutePath != "/v1/chat/completions")
        {
            throw new NotSupportedException($"{request.RequestUri?.AbsolutePath} is not served in process; only chat completions are.");
        }

        var body = await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var reply = await pipeline.SendAsync(body, cancellationToken).ConfigureAwait(false);
        if (reply.Failure is { } failure)
        {
            await reply.DisposeAsync().ConfigureAwait(false);
            throw failure.ToException();
        }

        var content = new StreamContent(new ReplyStream(reply));
        content.Headers.ContentType = new MediaTypeHeaderValue(reply.IsStream ? "text/event-stream" : "application/json");
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content, RequestMessage = request };
    }
}
