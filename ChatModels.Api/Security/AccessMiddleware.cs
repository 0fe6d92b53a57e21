using ChatModels.Api.Errors;
using ChatModels.Security;
using ChatModels.ServiceDefaults.Security;

namespace ChatModels.Api.Security;

/// <summary>Lets in who may: everything needs an admin's key, /v1 a client's, and what the platform probes needs none.</summary>
/// <remarks>A closed list of open paths, not an open list of closed ones: a route that nobody thought of is an admin's.</remarks>
internal sealed partial class AccessMiddleware
{
    private const string Op = "access.check";

    private readonly RequestDelegate _next;
    private readonly AccessKeys _keys;
    private readonly bool _isDevelopment;

    public AccessMiddleware(RequestDelegate next, AccessKeys keys, IHostEnvironment environment, ILogger<AccessMiddleware> logger)
    {
        (_next, _keys, _isDevelopment) = (next, keys, environment.IsDevelopment());
        if (_isDevelopment)
        {
            LogOpenOnLoopback(logger);
        }

        foreach (var name in keys.WithoutValue)
        {
            LogWithoutValue(logger, name);
        }
    }

    public Task InvokeAsync(HttpContext http)
    {
        var isOpenAi = SurfaceErrors.IsOpenAi(http);
        if (IsOpen(http.Request.Path) || (_isDevelopment && LocalCaller.Is(http)))
        {
            return _next(http);
        }

        if (_keys.Find(Credentials.Of(http.Request, isOpenAi, out var header), header) is not { } key)
        {
            return RefuseUnknown(http, isOpenAi);
        }

        if (isOpenAi)
        {
            return _next(http);
        }

        if (key.Level is not AccessLevel.Admin)
        {
            return SurfaceErrors.WriteAsync(http, Op, ErrorCodes.Forbidden, "This key may use /v1 only. Use an admin's key here (ChatModels:Security:AdminKeys).");
        }

        Caller.Set(http, key.Name);
        return _next(http);
    }

    private static Task RefuseUnknown(HttpContext http, bool isOpenAi)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        var also = isOpenAi ? ", 'api-key' or 'x-api-key'" : "";
        return SurfaceErrors.WriteAsync(http, Op, ErrorCodes.Unauthorized, $"No key, or one that is not known here. Send 'Authorization: Bearer <key>'{also}.");
    }

    private bool IsOpen(PathString path) =>
        path.Equals("/health", StringComparison.OrdinalIgnoreCase)
        || path.Equals("/alive", StringComparison.OrdinalIgnoreCase)
        || (_isDevelopment && (path.StartsWithSegments("/openapi") || path.StartsWithSegments("/scalar")));

    [LoggerMessage(5001, LogLevel.Information, "Development: requests from this machine need no key; all others need one of ChatModels:Security")]
    private static partial void LogOpenOnLoopback(ILogger logger);

    [LoggerMessage(5002, LogLevel.Warning, "The secret {SecretName}, which ChatModels:Security names as a key, has no value: nobody gets in with it")]
    private static partial void LogWithoutValue(ILogger logger, string secretName);
}
