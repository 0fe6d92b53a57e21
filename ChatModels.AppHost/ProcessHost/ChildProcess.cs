namespace ChatModels.AppHost.ProcessHost;

/// <summary>A process to start, as data.</summary>
internal sealed record ChildProcess(string Name, string Program, IReadOnlyList<string> Arguments)
{
    public string WorkingDirectory { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>Added to this process's own; null takes a variable away.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public required Func<CancellationToken, Task<bool>> IsReady { get; init; }

    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A port that was asked for, so that it is checked before anything starts; what to do when it is taken is in <see cref="PortCure"/>.</summary>
    public int? FixedPort { get; init; }

    public string PortCure { get; init; } = "stop what listens there";

    /// <summary>What to do when it does not start.</summary>
    public string Cure { get; init; } = "its output is above";

    /// <summary>The others start and run without it.</summary>
    public bool Optional { get; init; }
}
