using System.Net.Http.Headers;

namespace ChatModels.Providers.Http.Plain;

/// <summary>An endpoint's answer over a plain connection.</summary>
internal sealed class PlainHttpReply : UpstreamReply
{
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public PlainHttpReply(Http1Connection connection, ConnectionPool pool, in ResponseHead head, TimeProvider time)
    {
        Status = head.Status;
        ContentType = head.ContentType;
        ContentLength = head.ContentLength;
        RequestId = head.RequestId;
        RetryAfter = head.RetryAfter is { } text && RetryConditionHeaderValue.TryParse(text, out var wait) ? HttpReply.Wait(wait, time) : null;
        Body = new ResponseBody(connection, pool, head);
    }

    public override ValueTask DisposeAsync()
    {
        Body.Dispose();
        return ValueTask.CompletedTask;
    }
}
