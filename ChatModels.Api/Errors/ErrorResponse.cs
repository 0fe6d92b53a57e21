using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ChatModels.Api.Errors;

/// <summary>How an error of either shape goes out: whole, with its length, and with <c>Retry-After</c> where the wait is known.</summary>
internal static class ErrorResponse
{
    public static Task WriteAsync<T>(HttpContext http, int status, string contentType, T body, JsonTypeInfo<T> contract, TimeSpan? retryAfter) =>
        WriteAsync(http, status, contentType, JsonSerializer.SerializeToUtf8Bytes(body, contract), retryAfter);

    public static async Task WriteAsync(HttpContext http, int status, string contentType, ReadOnlyMemory<byte> json, TimeSpan? retryAfter)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = json.Length;
        SetRetryAfter(response, retryAfter);
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            // Not cancelled with the request: to a connection that is gone, writing does nothing, and cancelling would be one more failure.
            await response.Body.WriteAsync(json, CancellationToken.None);
        }
    }

    /// <summary>Whole seconds, never 0: a client that comes back at once finds nothing changed.</summary>
    public static void SetRetryAfter(HttpResponse response, TimeSpan? retryAfter)
    {
        if (retryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
    }
}
