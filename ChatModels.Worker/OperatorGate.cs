using ChatModels.Security;
using ChatModels.ServiceDefaults.Security;

namespace ChatModels.Worker;

/// <summary>Probes are open; everything else is the operator's: with an admin's key, or in development from this machine. Without a key that is configured nobody gets in.</summary>
internal sealed class OperatorGate(RequestDelegate next, AccessKeys keys, IHostEnvironment environment)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (IsProbe(http.Request.Path)
            || (environment.IsDevelopment() && LocalCaller.Is(http))
            || keys.Find(Credentials.Of(http.Request, isOpenAi: false, out var header), header) is { Level: AccessLevel.Admin })
        {
            return next(http);
        }

        http.Response.Headers.WWWAuthenticate = "Bearer";
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private static bool IsProbe(PathString path) =>
        path.Equals("/health", StringComparison.OrdinalIgnoreCase) || path.Equals("/alive", StringComparison.OrdinalIgnoreCase);
}
