using ChatModels.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatModels.Providers;

/// <summary>Calls a provider whose code is not ours: what it throws beyond its contract is its failure, said in the log, and no defect of the chat path.</summary>
internal static partial class ForeignProvider
{
    private static readonly LogBudget Lines = new(TimeProvider.System);

    public static async ValueTask<UpstreamReply> SendAsync(
        IChatProvider provider, UpstreamRequest request, string id, ProviderServices services, CancellationToken cancellationToken)
    {
        await SocketThreads.LeaveAsync();
        try
        {
            var reply = await provider.SendAsync(request, cancellationToken);
            return reply?.Body is not null ? ForeignReply.Of(reply, Report) : throw new InvalidOperationException("It answered with null, or with a body that is null.");
        }
        catch (Exception exception) when (!IsContract(exception))
        {
            Report(exception);
            throw new ChatModelsException(
                "providers.send", ErrorCodes.UpstreamError, ErrorCategory.Upstream, $"Provider '{id}' failed: its type threw {exception.GetType().Name}, which the log describes.", exception)
            { Provider = id };
        }

        void Report(Exception exception)
        {
            if (Lines.TryTake(out var unlogged))
            {
                var loggers = services.Services?.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
                LogFailed(loggers.CreateLogger(typeof(ForeignProvider)), id, unlogged, exception);
            }
        }
    }

    /// <summary>Whether a provider may throw this: the chat path knows what it means.</summary>
    public static bool IsContract(Exception exception) =>
        exception is ChatModelsException or HttpRequestException or IOException or InvalidDataException or OperationCanceledException;

    [LoggerMessage(2001, LogLevel.Warning, "Provider {ProviderId} threw something that its contract does not allow ({Unlogged} before it not logged)")]
    private static partial void LogFailed(ILogger logger, string providerId, long unlogged, Exception exception);
}
