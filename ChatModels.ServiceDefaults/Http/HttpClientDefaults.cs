using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace ChatModels.ServiceDefaults.Http;

/// <summary>
/// The rules of every client from HttpClientFactory. Aspire's template retries each request three times and gives it 10 s: a completion is a POST that
/// takes minutes, so it would be cut, and a repeated one is paid for twice. Here only safe methods (GET, HEAD, OPTIONS, TRACE) are repeated and kept short.
/// Provider calls are not concerned: they do not use HttpClientFactory, and their failover and deadlines are the chat path's.
/// </summary>
internal static class HttpClientDefaults
{
    public static readonly TimeSpan UnsafeLimit = TimeSpan.FromMinutes(10);

    public static IServiceCollection AddHttpClientDefaults(this IServiceCollection services) =>
        services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler(Configure);
            http.AddServiceDiscovery();
        });

    private static void Configure(HttpStandardResilienceOptions options)
    {
        options.Retry.DisableForUnsafeHttpMethods();
        LeaveUnsafeMethodsTime(options.AttemptTimeout);
        LeaveUnsafeMethodsTime(options.TotalRequestTimeout);
    }

    private static void LeaveUnsafeMethodsTime(HttpTimeoutStrategyOptions options) =>
        options.TimeoutGenerator = arguments => ValueTask.FromResult(IsSafe(arguments) ? options.Timeout : UnsafeLimit);

    private static bool IsSafe(TimeoutGeneratorArguments arguments) =>
        arguments.Context.GetRequestMessage()?.Method is { } method
        && (method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options || method == HttpMethod.Trace);
}
