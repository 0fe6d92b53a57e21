using Microsoft.AspNetCore.Http.Features;

namespace ChatModels.Api.Errors;

/// <summary>How much anyone may send at once: room for a prompt with images in it.</summary>
internal static class RequestSize
{
    public const long Most = 32 * 1024 * 1024;

    public static bool IsTooLarge(HttpContext http) => http.Request.ContentLength > Most && !BoundsItself(http);

    // An upload goes to a store as it comes; its reader stops it where it gets too long.
    private static bool BoundsItself(HttpContext http) => http.Request.Path == "/v1/files";

    /// <summary>Answers before anything is read.</summary>
    /// <remarks>The server would close the connection while the body still comes, and the caller would see a broken pipe instead of the answer; without the limit it reads on for some seconds first.</remarks>
    public static Task RefuseAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        return SurfaceErrors.WriteAsync(http, "http.request", ErrorCodes.RequestTooLarge, $"The request's body is larger than {Most / (1024 * 1024)} MiB.");
    }
}
