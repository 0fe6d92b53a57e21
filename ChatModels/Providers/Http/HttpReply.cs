using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Http.Headers;

namespace ChatModels.Providers.Http;

/// <summary>An endpoint's answer. Of its headers only those few that are meant for our caller are read.</summary>
internal sealed class HttpReply : UpstreamReply
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private readonly HttpResponseMessage _response;

    private HttpReply(HttpResponseMessage response) => _response = response;

    public static HttpReply Of(HttpResponseMessage response, TimeProvider time)
    {
        var headers = response.Headers.NonValidated;
        var content = response.Content.Headers.NonValidated;
        return new HttpReply(response)
        {
            Status = (int)response.StatusCode,
            ContentType = TryFirst(content, "Content-Type", out var type) ? type : null,
            ContentLength = TryFirst(content, "Content-Length", out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                ? length
                : null,
            RetryAfter = headers.Contains("Retry-After") ? Wait(response.Headers.RetryAfter, time) : null,
            RequestId = TryFirst(headers, "x-request-id", out var id) || TryFirst(headers, "request-id", out id) ? id : null,
            Body = response.Content.ReadAsStream(),
        };
    }

    public override ValueTask DisposeAsync()
    {
        _response.Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool TryFirst(HttpHeadersNonValidated headers, string name, [NotNullWhen(true)] out string? value)
    {
        value = null;
        if (headers.TryGetValues(name, out var values))
        {
            foreach (var first in values)
            {
                value = first;
                break;
            }
        }

        return value is not null;
    }

    /// <summary>Seconds, or a date; neither in the past nor beyond what a timer takes.</summary>
    public static TimeSpan? Wait(RetryConditionHeaderValue? header, TimeProvider time)
    {
        var wait = header?.Delta ?? (header?.Date - time.GetUtcNow());
        return wait is { } asked ? TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, LongestWait.Ticks)) : null;
    }
}
