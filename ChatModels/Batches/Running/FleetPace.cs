namespace ChatModels.Batches.Running;

/// <summary>Shares with the other workers how fast the models may be called.</summary>
/// <param name="countWorkers">How many workers there are.</param>
internal sealed class FleetPace(Func<CancellationToken, Task<int>> countWorkers)
{
    public async Task ShareAsync(RunnerContext context, CancellationToken cancellationToken)
    {
        var known = await context.Store.ReadPacesAsync(cancellationToken);
        var models = known.Keys.Union(context.Slots.Limited(), StringComparer.Ordinal).ToList();
        if (models is [])
        {
            return;
        }

        var workers = Math.Max(1, await countWorkers(cancellationToken));
        foreach (var model in models)
        {
            var share = context.Slots.Share(model, known.GetValueOrDefault(model), workers);
            if (share != known.GetValueOrDefault(model))
            {
                await context.Store.WritePaceAsync(model, share, cancellationToken);
            }
        }
    }
}
