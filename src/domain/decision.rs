//! What a person decides about an invoice as a whole, and what it shows from then on.

use super::{
    comment::Person,
    ids::UserId,
    invoice::{InvoiceSummary, StepRequest},
    roles::Right,
    status::{Status, Step},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Moves it to another status.
    Step {
        step: Step,
        #[serde(default)]
        request: StepRequest,
    },
    /// Makes it somebody's work; None: nobody's.
    Assign { to: Option<UserId> },
}

impl Decision {
    /// The right it needs, where the invoice's status does not ask for another.
    pub fn right(&self) -> Right {
        match self {
            Decision::Step { step, .. } => step.right(),
            Decision::Assign { .. } => Right::Edit,
        }
    }

    /// The version of the invoice it was decided on; None: on whatever it is.
    pub fn base_version(&self) -> Option<i64> {
        match self {
            Decision::Step { request, .. } => request.base_version,
            Decision::Assign { .. } => None,
        }
    }

    /// It goes on from a change that the same person made and that left the invoice at `version`, where it was at
    /// `before`: that change was seen.
    pub fn rebase(&mut self, before: i64, version: i64) {
        if let Decision::Step { request, .. } = self
            && request.base_version == Some(before)
        {
            request.base_version = Some(version);
        }
    }
}

/// What a decision that is on its way makes of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    Status(Status),
    Assigned(Option<Person>),
}

impl Shows {
    pub fn put_on(&self, invoice: &mut InvoiceSummary) {
        match self {
            Shows::Status(status) => invoice.status = *status,
            Shows::Assigned(person) => invoice.assigned_to = person.clone(),
        }
    }
}

/// Whose work is asked for. Written `me`, `nobody` or a person's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Assigned {
    /// Whoever asks.
    Me,
    Nobody,
    To(UserId),
}

impl Assigned {
    pub fn parse(text: &str) -> Option<Assigned> {
        match text {
            "me" => Some(Assigned::Me),
            "nobody" => Some(Assigned::Nobody),
            id => id.parse().ok().map(Assigned::To),
        }
    }

    pub fn as_text(self) -> String {
        match self {
            Assigned::Me => "me".to_owned(),
            Assigned::Nobody => "nobody".to_owned(),
            Assigned::To(id) => id.to_string(),
        }
    }
}

impl Serialize for Assigned {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_text().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Assigned {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Assigned::parse(&text).ok_or_else(|| serde::de::Error::custom("me, nobody or a person's id"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_goes_on_from_the_own_change_only() {
        let on = |version| Decision::Step {
            step: Step::Approve,
            request: StepRequest { base_version: Some(version), ..StepRequest::default() },
        };
        let mut decision = on(4);
        decision.rebase(4, 5);
        assert_eq!(decision, on(5));
        // Somebody else's change came between: it was not seen.
        decision.rebase(6, 7);
        assert_eq!(decision.base_version(), Some(5));
    }

    #[test]
    fn whose_work_is_written_and_read() {
        let id = UserId(uuid::Uuid::from_u128(7));
        for assigned in [Assigned::Me, Assigned::Nobody, Assigned::To(id)] {
            assert_eq!(Assigned::parse(&assigned.as_text()), Some(assigned));
            let text = serde_json::to_string(&assigned).unwrap();
            assert_eq!(serde_json::from_str::<Assigned>(&text).unwrap(), assigned);
        }
        assert_eq!(Assigned::parse("somebody"), None);
    }
}
