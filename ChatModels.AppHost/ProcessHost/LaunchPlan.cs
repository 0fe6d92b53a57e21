namespace ChatModels.AppHost.ProcessHost;

/// <summary>What to start, in this order, each when the one before it is ready.</summary>
internal sealed record LaunchPlan(IReadOnlyList<ChildProcess> Children) : IDisposable
{
    /// <summary>Gets what shows the telemetry, beside the others; that there is none stops nothing.</summary>
    public Func<CancellationToken, Task<ChildProcess>>? FindDashboard { get; init; }

    public string DashboardUrl { get; init; } = "";

    /// <summary>What is printed when all are ready.</summary>
    public IReadOnlyList<string> Welcome { get; init; } = [];

    /// <summary>Held until everything is stopped.</summary>
    public IReadOnlyList<IDisposable?> Held { get; init; } = [];

    public void Dispose()
    {
        foreach (var held in Held)
        {
            held?.Dispose();
        }
    }
}
