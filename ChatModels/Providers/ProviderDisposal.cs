using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatModels.Providers;

/// <summary>Disposes a provider that nobody uses any longer; nobody waits for the outcome, so a failure is logged.</summary>
internal static partial class ProviderDisposal
{
    public static async Task RunAsync(IChatProvider provider, string id, ProviderServices services)
    {
        try
        {
            await provider.DisposeAsync();
        }
        catch (Exception exception)
        {
            var loggers = services.Services?.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
            LogFailed(loggers.CreateLogger(typeof(ProviderDisposal)), id, exception);
        }
    }

    [LoggerMessage(2002, LogLevel.Warning, "Provider {ProviderId} is no longer in use, but disposing it failed; its connections may stay open until they time out")]
    private static partial void LogFailed(ILogger logger, string providerId, Exception exception);
}
