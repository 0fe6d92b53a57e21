using System.Diagnostics.CodeAnalysis;

namespace ChatModels.Providers;

/// <summary>The provider types of this process, by name.</summary>
/// <remarks>Readers never wait; writers build a new immutable table under a lock. No code of a user runs under that lock.</remarks>
public sealed class ChatProviderTypes
{
    private static readonly Lazy<ChatProviderTypes> Shared = new(() => BuiltInProviderTypes.AddTo(new ChatProviderTypes()));
    private readonly Lock _writing = new();
    private readonly Dictionary<string, ProviderTypeEntry> _draining = new(StringComparer.Ordinal);
    private volatile ProviderTypeTable _table = ProviderTypeTable.Empty;

    /// <summary>The instance that the whole process shares, made when first asked for, with the built-in types in it.</summary>
    public static ChatProviderTypes Global => Shared.Value;

    /// <summary>Adds a type, metadata and creator in one atomic step. A name that is taken is an error with code <see cref="ErrorCodes.ProviderAlreadyRegistered"/>.</summary>
    /// <remarks>The metadata is copied: what the caller does to its lists afterwards changes nothing here. A name is taken until its unregistration has ended.</remarks>
    public void Register(ProviderMetadata metadata, ProviderCreator creator)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(creator);
        var entry = new ProviderTypeEntry(ProviderMetadataCopy.Checked(metadata), creator);
        lock (_writing)
        {
            if (_draining.ContainsKey(metadata.Name) || !_table.TryAdd(entry, out var table))
            {
                throw ProviderTypeErrors.AlreadyRegistered(metadata.Name);
            }

            _table = table;
        }
    }

    /// <summary>Removes a type and waits until its users have finished: running creations, and live providers until they are disposed.</summary>
    /// <returns>False when there is no such type.</returns>
    /// <remarks>
    /// From the call on the type is not found and creates nothing new; what lives goes on living. Cancelling abandons the wait, not the
    /// removal. The name can be registered again once the wait is over.
    /// </remarks>
    public async Task<bool> UnregisterAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (BeginDrain(name) is not { } entry)
        {
            return false;
        }

        await EndDrainAsync(entry).WaitAsync(cancellationToken);
        return true;
    }

    /// <summary>Finds a type by its name.</summary>
    public bool TryResolve(string name, [NotNullWhen(true)] out ProviderMetadata? metadata)
    {
        ArgumentNullException.ThrowIfNull(name);
        metadata = _table.Find(name)?.Metadata;
        return metadata is not null;
    }

    /// <summary>The type of that name; an error with code <see cref="ErrorCodes.ProviderTypeUnknown"/>, which names those there are, when there is none.</summary>
    public ProviderMetadata Resolve(string name) => TryResolve(name, out var metadata) ? metadata : throw ProviderTypeErrors.Unknown(name, List());

    /// <summary>Whether there is a type of that name.</summary>
    public bool IsRegistered(string name) => TryResolve(name, out _);

    /// <summary>Every type, ordered by name.</summary>
    public IReadOnlyList<ProviderMetadata> List() => _table.Ordered;

    /// <summary>The types that match <paramref name="query"/>, ordered by name.</summary>
    public IReadOnlyList<ProviderMetadata> Find(ProviderTypeQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return [.. _table.Ordered.Where(query.Matches)];
    }

    /// <summary>Every mistake in <paramref name="options"/> when held against the type's metadata; none when they can be used. Paths begin with <c>$</c> = the provider's JSON.</summary>
    /// <remarks>
    /// Configuration only holds text: a number or a boolean may also be a string that holds exactly one, and reads alike through
    /// <see cref="ProviderOptionReading"/>. A type that is unknown is a mistake at <c>$.type</c>.
    /// </remarks>
    public IReadOnlyList<ValidationIssue> Validate(string name, ProviderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return TryResolve(name, out var metadata)
            ? ProviderOptionsCheck.Run(metadata, options)
            : [new ValidationIssue("$.type", ProviderTypeErrors.UnknownMessage(name, List()))];
    }

    /// <summary>Creates a live provider. The caller owns it.</summary>
    public ValueTask<IChatProvider> CreateAsync(string name, ProviderOptions options, ProviderServices services, CancellationToken cancellationToken) =>
        CreateAsync(name, options, services, checkHealth: false, cancellationToken);

    /// <summary>Creates a live provider, and asks it whether it is healthy where <paramref name="checkHealth"/> is set; one that is not is disposed, with code <see cref="ErrorCodes.ProviderUnhealthy"/>.</summary>
    /// <remarks>
    /// The options are checked first, all mistakes at once. The creator runs on a thread of the pool and is cancelled when the type's
    /// <see cref="ProviderMetadata.CreationTimeout"/> has passed; the caller is then free even if the creator goes on, and a provider that
    /// arrives late is disposed. The health check has that time once more.
    /// </remarks>
    public ValueTask<IChatProvider> CreateAsync(
        string name, ProviderOptions options, ProviderServices services, bool checkHealth, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(services);
        var entry = _table.Find(name) ?? throw ProviderTypeErrors.Unknown(name, List());
        var issues = ProviderOptionsCheck.Run(entry.Metadata, options);
        if (issues.Count > 0)
        {
            throw ProviderTypeErrors.InvalidOptions(options.Id, entry.Metadata.Name, issues);
        }

        // It may have been unregistered since it was found.
        return entry.TryEnter()
            ? new ProviderCreation(entry, options, services).RunAsync(checkHealth, cancellationToken)
            : throw ProviderTypeErrors.Unknown(name, List());
    }

    private ProviderTypeEntry? BeginDrain(string name)
    {
        lock (_writing)
        {
            if (_draining.TryGetValue(name, out var draining))
            {
                return draining;
            }

            if (_table.Find(name) is not { } entry)
            {
                return null;
            }

            _table = _table.Without(name);
            _draining.Add(name, entry);
            entry.Close();
            return entry;
        }
    }

    private async Task EndDrainAsync(ProviderTypeEntry entry)
    {
        await entry.Drained;
        lock (_writing)
        {
            // Whoever else waited for it may have been first, and somebody may have registered the name anew since.
            if (_draining.TryGetValue(entry.Metadata.Name, out var draining) && draining == entry)
            {
                _draining.Remove(entry.Metadata.Name);
            }
        }
    }
}
