using System.Runtime.CompilerServices;
using ChatModels.Telemetry;
using Microsoft.Extensions.AI;

namespace ChatModels.Chat;

/// <summary>Measures the calls of one model; only while somebody listens is it asked to.</summary>
internal sealed class MeasuredCalls(Func<string> metricName, TimeProvider time)
{
    /// <summary>When a call begins, for its measurement.</summary>
    public long Now => time.GetTimestamp();

    public async Task<T> MeasureAsync<T>(string kind, long started, Task<T> call)
    {
        var error = (string?)ErrorCodes.InternalError;
        try
        {
            var answer = await call.ConfigureAwait(false);
            error = null;
            return answer;
        }
        catch (Exception e)
        {
            error = CodeOf(e);
            throw;
        }
        finally
        {
            Tell(kind, started, error);
        }
    }

    /// <summary>A stream that its reader leaves before its end is one that the caller went away from.</summary>
    public async IAsyncEnumerable<ChatResponseUpdate> MeasureAsync(IAsyncEnumerable<ChatResponseUpdate> updates, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var started = time.GetTimestamp();
        var error = (string?)ErrorCodes.ClientClosed;
        await using var reader = updates.GetAsyncEnumerator(cancellationToken);
        try
        {
            while (await NextAsync().ConfigureAwait(false))
            {
                yield return reader.Current;
            }

            error = null;
        }
        finally
        {
            Tell(TelemetryNames.Calls.Stream, started, error);
        }

        async ValueTask<bool> NextAsync()
        {
            try
            {
                return await reader.MoveNextAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                error = CodeOf(e);
                throw;
            }
        }
    }

    public void Answered(ChatModelResult result)
    {
        if (CallMetrics.Enabled)
        {
            CallMetrics.Requested(TelemetryNames.Calls.Batch, metricName(), result.Error is { } error ? CodeOf(error) : null);
        }
    }

    private void Tell(string kind, long started, string? error)
    {
        var model = metricName();
        CallMetrics.Called(kind, model, time.GetElapsedTime(started), error);
        if (kind != TelemetryNames.Calls.Batch)
        {
            CallMetrics.Requested(kind, model, error);
        }
    }

    private static string CodeOf(Exception exception) => exception switch
    {
        ChatModelsException failure => failure.Code,
        OperationCanceledException => ErrorCodes.ClientClosed,
        _ => ErrorCodes.InternalError,
    };
}
