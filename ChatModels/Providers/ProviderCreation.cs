using ChatModels.Telemetry;

namespace ChatModels.Providers;

/// <summary>One creation of one provider, by a creator that is not trusted to keep its deadline.</summary>
/// <remarks>It counts as a user of its type from the start; a provider that comes of it takes that place over.</remarks>
internal sealed class ProviderCreation(ProviderTypeEntry type, ProviderOptions options, ProviderServices services)
{
    public async ValueTask<IChatProvider> RunAsync(bool checkHealth, CancellationToken cancellationToken)
    {
        using var span = ProviderTelemetry.StartCreation(new(options.Id, type.Metadata.TelemetryNameOf(options), type.Metadata.EndpointOf(options)), type.Metadata.Name);
        var error = (string?)ErrorCodes.InternalError;
        try
        {
            var provider = await RunWithinDeadlineAsync(checkHealth, cancellationToken);
            error = null;
            return provider;
        }
        catch (ChatModelsException failure)
        {
            error = failure.Code;
            throw;
        }
        catch (OperationCanceledException)
        {
            error = ErrorCodes.ClientClosed;
            throw;
        }
        finally
        {
            ProviderTelemetry.Created(type.Metadata.Name, error);
            span?.End(error);
        }
    }

    private async ValueTask<IChatProvider> RunWithinDeadlineAsync(bool checkHealth, CancellationToken cancellationToken)
    {
        var deadline = new CancellationTokenSource(type.Metadata.CreationTimeout, services.Time);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var stopped = stop.Token;
        var creation = CreateAndReleaseAsync(stop, deadline);
        IChatProvider provider;
        try
        {
            provider = await creation.WaitAsync(stopped);
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            _ = DisposeLateAsync(creation); // Owned by the type: it counts as a user until its provider is disposed.
            cancellationToken.ThrowIfCancellationRequested();
            throw ProviderTypeErrors.TimedOut(options.Id, type.Metadata);
        }

        return checkHealth ? await CheckedAsync(provider, cancellationToken) : provider;
    }

    // The sources live as long as the creator runs: it may still look at its token long after the caller has left.
    private async Task<IChatProvider> CreateAndReleaseAsync(CancellationTokenSource stop, CancellationTokenSource deadline)
    {
        using (deadline)
        using (stop)
        {
            IChatProvider? provider = null;
            try
            {
                provider = await CreateAsync(stop.Token);
                return new TrackedProvider(provider, type, options.Id, services);
            }
            finally
            {
                if (provider is null)
                {
                    type.Leave();
                }
            }
        }
    }

    private async Task<IChatProvider> CreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            var withEndpoint = options with { Endpoint = type.Metadata.EndpointOf(options) };

            // On the pool, because a creator that blocks must not hold the caller either.
            var provider = await Task.Run(() => type.Creator(withEndpoint, services, cancellationToken).AsTask(), CancellationToken.None);
            return provider ?? throw ProviderTypeErrors.Failed(options.Id, type.Metadata, null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception cause) when (cause is not ChatModelsException)
        {
            throw ProviderTypeErrors.Failed(options.Id, type.Metadata, cause);
        }
    }

    private async Task DisposeLateAsync(Task<IChatProvider> creation)
    {
        await ((Task)creation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (creation.IsCompletedSuccessfully)
        {
            await ProviderDisposal.RunAsync(creation.Result, options.Id, services);
        }
    }

    private async Task<IChatProvider> CheckedAsync(IChatProvider provider, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(type.Metadata.CreationTimeout, services.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var health = await provider.CheckHealthAsync(stop.Token).AsTask().WaitAsync(stop.Token);
            return health.Healthy ? provider : throw ProviderTypeErrors.Unhealthy(options.Id, health.Reason ?? "it gave no reason.", null);
        }
        catch (Exception cause)
        {
            await ProviderDisposal.RunAsync(provider, options.Id, services);
            cancellationToken.ThrowIfCancellationRequested();
            if (cause is ChatModelsException)
            {
                throw;
            }

            var late = $"the health check took longer than {type.Metadata.CreationTimeout}.";
            throw ProviderTypeErrors.Unhealthy(options.Id, deadline.IsCancellationRequested ? late : cause.Message, cause);
        }
    }
}
