using RedisML.Unit.Datasets;

namespace RedisML.Unit.Trust;

/// <summary>The cases in which somebody did harm, or an answer wasn't true, and the test of each.</summary>
public sealed class SecurityCaseTests
{
    /// <summary>What was seen; the tests' class; the test.</summary>
    public static TheoryData<string, Type, string> Cases => new()
    {
        { "a run's script, text in Redis, ran on Join and Resume", typeof(ForeignScriptTests),
            nameof(ForeignScriptTests.A_script_that_somebody_added_to_a_run_is_shown_and_not_run) },
        { "what the user gave, or named by hash, runs", typeof(ForeignScriptTests),
            nameof(ForeignScriptTests.A_script_that_the_user_gave_or_whose_hash_was_shown_runs) },
        { "manifest, page, placement delete keys elsewhere", typeof(StoredRecordTests),
            nameof(StoredRecordTests.A_record_that_names_a_key_elsewhere_is_refused_and_removing_the_dataset_spares_that_key) },
        { "a journal deletes keys elsewhere", typeof(StoredRecordTests),
            nameof(StoredRecordTests.A_journal_that_is_none_stops_no_import_and_removes_nothing) },
        { "a run's blobs delete keys elsewhere", typeof(HostileKeysTests),
            nameof(HostileKeysTests.Blobs_of_a_run_that_name_keys_elsewhere_are_left_alone) },
        { "loops over 10^15 rows", typeof(HostileKeysTests),
            nameof(HostileKeysTests.Rows_that_a_manifest_only_claims_are_neither_read_nor_removed_for_ever) },
        { "chunks and rows of a journal", typeof(HostileKeysTests),
            nameof(HostileKeysTests.A_dead_journal_that_claims_more_than_there_is_is_swept_soon) },
        { "last of a model", typeof(HostileKeysTests),
            nameof(HostileKeysTests.A_model_whose_head_counts_wrongly_can_be_removed_soon_and_whole) },
        { "2 GB for a chunk of 7 KB", typeof(HostileKeysTests),
            nameof(HostileKeysTests.A_buffer_that_claims_more_than_it_can_yield_is_refused_before_memory_is_taken) },
        { "60 M rows where the manifest says 3,000", typeof(StoredRecordTests),
            nameof(StoredRecordTests.Rows_that_manifest_and_page_claim_must_be_those_of_the_chunk) },
        { "rows that differ between manifest and pages", typeof(StoredRecordTests),
            nameof(StoredRecordTests.A_manifest_whose_rows_are_not_those_of_its_pages_is_refused) },
        { "a corrupt manifest orphans chunks, or hides a neighbour", typeof(StoredRecordTests),
            nameof(StoredRecordTests.A_corrupt_manifest_is_a_typed_error_hides_no_neighbour_and_goes_without_an_orphan) },
        { "one broken dataset hides its neighbours", typeof(HostileKeysTests),
            nameof(HostileKeysTests.A_list_of_datasets_has_the_neighbours_of_a_broken_one_and_its_error) },
        { "one broken run hides others", typeof(HostileKeysTests),
            nameof(HostileKeysTests.A_broken_run_hides_no_other_names_its_key_and_can_be_removed) },
        { "algorithm 99, scale 0", typeof(HostileKeysTests),
            nameof(HostileKeysTests.A_model_whose_definition_is_none_predicts_nothing_and_hides_no_other) },
        { "control characters in a terminal", typeof(HostileKeysTests),
            nameof(HostileKeysTests.What_would_steer_a_terminal_comes_out_visible) },
        { "the reject file was the source", typeof(TargetFileTests), nameof(TargetFileTests.The_reject_file_is_never_the_source) },
        { "a reject file was overwritten", typeof(TargetFileTests),
            nameof(TargetFileTests.A_reject_file_that_exists_is_replaced_with_force_alone_and_only_its_owner_reads_it) },
        { "devices, pipes, missing folders", typeof(TargetFileTests), nameof(TargetFileTests.What_is_no_file_is_neither_written_nor_read) },
        { "a link was replaced by a file", typeof(TargetFileTests),
            nameof(TargetFileTests.An_export_to_a_link_writes_where_it_leads_and_the_link_stays) },
        { "10,000 of 33,000 broken inputs were raw exceptions", typeof(FuzzTests), nameof(FuzzTests.Broken_inputs_fail_by_typed_errors) },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_case_has_its_test(string seen, Type tests, string test)
    {
        var method = tests.GetMethod(test);
        Assert.True(method is not null && method.GetCustomAttributes(typeof(FactAttribute), inherit: true).Length > 0, seen);
    }
}
