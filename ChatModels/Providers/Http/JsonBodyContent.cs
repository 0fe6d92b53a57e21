using System.Net;

namespace ChatModels.Providers.Http;

/// <summary>Sends a <see cref="RequestBody"/>; made anew for each request, since a content that is used twice keeps its first length.</summary>
internal sealed class JsonBodyContent : HttpContent
{
    private readonly RequestBody _body;

    public JsonBodyContent(RequestBody body)
    {
        _body = body;
        Headers.TryAddWithoutValidation("Content-Type", "application/json");
        Headers.ContentLength = body.Length;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _body.WriteToAsync(stream, cancellationToken).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
