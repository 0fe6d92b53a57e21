namespace ChatModels.Batches.Running;

/// <summary>Makes the call that a line asks for.</summary>
internal interface ILineCaller
{
    /// <summary>The answer, good or bad; only cancellation throws. <paramref name="body"/> must stay as it is until the call has ended.</summary>
    Task<LineAnswer> CallAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}

/// <summary>What a call came to: OpenAI's answer or its error object.</summary>
internal sealed record LineAnswer(int Status, ReadOnlyMemory<byte> Body)
{
    /// <summary>Our code, where the answer is a failure.</summary>
    public string? Code { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The trace of the try that it comes from, where there is one.</summary>
    public string? TraceId { get; init; }

    public bool IsGood => Status is >= 200 and < 300;

    /// <summary>Whoever serves the model wants to be asked less often.</summary>
    public bool IsLimited => Status == 429;

    /// <summary>The same call may well succeed a little later.</summary>
    public bool IsTransient => Code is ErrorCodes.UpstreamError or ErrorCodes.UpstreamUnreachable or ErrorCodes.UpstreamTimeout or ErrorCodes.UpstreamTruncated
        or ErrorCodes.UpstreamInvalidResponse or ErrorCodes.RegistryNotLoaded or ErrorCodes.ModelUnavailableHere or ErrorCodes.InternalError;
}

/// <summary>The names that a line may give to its model.</summary>
internal interface IModelNames
{
    /// <summary>Whether there is anything to look a name up in.</summary>
    bool IsLoaded { get; }

    bool Exists(string name);

    /// <summary>The model's own name, where the given one is an alias.</summary>
    string Resolve(string name);
}
