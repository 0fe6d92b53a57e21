using System.Buffers;

namespace ChatModels.Providers.Simulator;

/// <summary>A provider within the process. The same bytes and the same seed give the same answer; only <c>created</c> comes from the clock.</summary>
/// <remarks>Where nothing is to be waited for, no timer is made and the answer is there when the call returns.</remarks>
internal sealed class SimulatorProvider(
    SimulatorBehaviour usual, Dictionary<string, SimulatorBehaviour> models, TimeProvider time) : IChatProvider
{
    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var started = time.GetTimestamp();
        var behaviour = models.GetValueOrDefault(request.Model, usual);
        if (request.Operation is not UpstreamOperation.ChatCompletions)
        {
            return new(SimulatorReply.Error(400, "The simulator serves chat completions only.", null));
        }

        var (chance, parsed) = Read(request.Body, behaviour.Seed);
        if (parsed.Mistake is { } mistake)
        {
            return new(SimulatorReply.Error(400, mistake.Message, mistake.Param));
        }

        if (chance.Draw < behaviour.ErrorRate)
        {
            return new(SimulatorReply.Error(behaviour.ErrorStatus, $"The simulator fails this request with {behaviour.ErrorStatus}, as its errorRate asks.", null));
        }

        var answer = SimulatedAnswer.To(parsed, behaviour, chance, request.Model, time.GetUtcNow().ToUnixTimeSeconds());
        return parsed.Stream
            ? new(SimulatorReply.Stream(new SimulatorStream(answer, new Pace(behaviour, time, started))))
            : AnswerWholeAsync(answer, new Pace(behaviour, time, started), cancellationToken);
    }

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(ProviderHealth.Ok);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ValueTask<UpstreamReply> AnswerWholeAsync(SimulatedAnswer answer, Pace pace, CancellationToken cancellationToken)
    {
        var last = Math.Max(0, answer.Tokens - 1);
        return pace.IsDue(last) ? new(SimulatorReply.Json(answer)) : WaitAsync();

        async ValueTask<UpstreamReply> WaitAsync()
        {
            await pace.WaitAsync(last, cancellationToken);
            return SimulatorReply.Json(answer);
        }
    }

    private static (Chance Chance, SimulatorRequest Request) Read(RequestBody body, long seed)
    {
        // Safe to return to the pool: nothing keeps a reference once this method has ended.
        var bytes = ArrayPool<byte>.Shared.Rent(body.Length + sizeof(long));
        try
        {
            body.CopyTo(bytes);
            var request = SimulatorRequestReader.Read(bytes.AsMemory(0, body.Length));
            return (Chance.Of(bytes.AsSpan(0, body.Length + sizeof(long)), seed), request);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
